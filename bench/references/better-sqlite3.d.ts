/** What the references use of better-sqlite3, which brings no types of its own. */
declare module "better-sqlite3" {
  export interface Statement {
    readonly run: (...values: ReadonlyArray<unknown>) => { readonly changes: number }
    readonly get: (...values: ReadonlyArray<unknown>) => unknown
    readonly all: (...values: ReadonlyArray<unknown>) => Array<unknown>
  }
  export default class Database {
    constructor(file: string, options?: { readonly readonly?: boolean; readonly timeout?: number })
    prepare(sql: string): Statement
    pragma(text: string): unknown
    exec(sql: string): this
    close(): this
  }
}
