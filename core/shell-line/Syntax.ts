/**
 * What a shell line is made of: words, simple commands, and what puts them together. Plain data; what is inside quotes,
 * comments and here-documents is no command.
 */

export interface Word {
  /** As written. */
  readonly source: string
  /** What it comes to, quotes removed; null where that depends on a variable, a file name or something that runs. */
  readonly text: string | null
  /** It may come to no word or to several: an expansion outside quotes, a pattern, braces. */
  readonly isSplit: boolean
  /** The scripts of its command substitutions, in order; null where a value decides whether they run. */
  readonly scripts: ReadonlyArray<Script> | null
}

/** A program or builtin with its arguments; no words: only assignments or redirections. */
export interface Simple {
  readonly _tag: "Simple"
  readonly assignments: ReadonlyArray<Word>
  readonly words: ReadonlyArray<Word>
  readonly isRedirected: boolean
}

export interface Branch {
  readonly condition: Script
  readonly body: Script
}

/** What is put together of others. */
export type Body =
  | { readonly _tag: "Group"; readonly body: Script }
  | { readonly _tag: "Subshell"; readonly body: Script }
  | { readonly _tag: "If"; readonly branches: ReadonlyArray<Branch>; readonly otherwise: Script | null }
  /** A loop or a `case`: each part may run once, often or never. */
  | { readonly _tag: "Perhaps"; readonly parts: ReadonlyArray<Script> }
  /** `[[ … ]]` or `(( … ))`: runs no command of its own. */
  | { readonly _tag: "Test" }

/** With its redirections: one that fails keeps it from running. */
export type Compound = Body & { readonly isRedirected: boolean }

export type Command =
  | Simple
  | Compound
  | { readonly _tag: "Define"; readonly name: string; readonly body: Compound }
  | { readonly _tag: "Not"; readonly command: Command }
  /** At least two. */
  | { readonly _tag: "Pipeline"; readonly commands: ReadonlyArray<Command> }
  /** `first && second || third`: each link goes on from what all before it came to. */
  | { readonly _tag: "Chain"; readonly first: Command; readonly rest: ReadonlyArray<Link> }
  | { readonly _tag: "Background"; readonly command: Command }

export interface Link {
  readonly operator: "&&" | "||"
  readonly command: Command
}

/** Commands one after another. */
export interface Script {
  readonly commands: ReadonlyArray<Command>
}
