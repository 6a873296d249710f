/** What goes with a request beside its body: the names of its headers. */

/** Who does not wait longer says so: nothing is done after that. Epoch milliseconds by the clock of this machine. */
export const deadline = "x-drover-deadline"

/** The configuration that whoever submits has read: a supervisor that reads another one refuses. */
export const configuration = "x-drover-configuration"

/** A path as the value of a header: any character of it survives. */
export const pathText = (path: string): string => encodeURIComponent(path)
