/** What the build puts in (`build.mjs`). */
declare const ENDPOINTS: Readonly<Record<string, { readonly method: string; readonly path: string }>>
declare const VERSION: string
