/** What the build puts in (`build.mjs`). */
declare const ENDPOINTS: Readonly<Record<string, { readonly method: string; readonly path: string }>>
declare const VERSION: string
/** Whether an answer is what is said of it, by the name of its endpoint (`answers.mjs`). */
declare module "virtual:answers" {
  export const answers: Readonly<Record<string, (answer: unknown) => boolean>>
}
