export const wordcount = () => {
  throw new Error("wordcount is not written yet")
}
