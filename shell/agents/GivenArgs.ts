/** What the user's own arguments have decided already. */

/** Whether one of the options is among them, with its value in the next argument or behind `=`. */
export const isGiven = (args: ReadonlyArray<string>, options: ReadonlyArray<string>): boolean =>
  args.some((arg) => options.includes(arg.replace(/=.*/s, "")))
