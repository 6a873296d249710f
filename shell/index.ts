/** The shell: the services through which the core meets the machine. */
export {}
