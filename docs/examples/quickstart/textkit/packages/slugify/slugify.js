export const slugify = () => {
  throw new Error("slugify is not written yet")
}
