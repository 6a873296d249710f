export {} // nothing yet
