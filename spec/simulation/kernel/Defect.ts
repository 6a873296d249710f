/** An error of drover's own: nothing that a system answers, so that nobody has foreseen it. */
export class Defect extends Error {
  override readonly name = "Defect"
}

/** What a system answers, for those who know; a defect goes on as what it is. */
export const answered =
  <E>(failed: (cause: unknown) => E) =>
  (cause: unknown): E => {
    if (cause instanceof Defect) throw cause
    return failed(cause)
  }
