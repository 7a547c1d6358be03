// Swift's Glibc module does not contain this header.
#include <sys/epoll.h>
