/** The public face of shell lines: what a line is made of, and what its success proves. */
export { afterOptions, type Invocation, invocation, nameOf } from "./Invocation.ts"
export { simpleCommands } from "./Level.ts"
export { parse } from "./Parse.ts"
export { succeeded } from "./Succeeded.ts"
export type { Word } from "./Syntax.ts"
