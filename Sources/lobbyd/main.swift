print("lobbyd")
