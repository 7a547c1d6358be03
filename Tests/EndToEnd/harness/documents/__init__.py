"""The checker of README.md, docs/ and the pages of PandaNet.docc: every block of code has a runner that checks it."""
