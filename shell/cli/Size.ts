/** Amounts of bytes as people read them: `812 bytes`, `3.4 kB`, `1.2 GB`, a thousand of each making the next (SI). */

const units = ["kB", "MB", "GB", "TB"] as const

export const short = (bytes: number): string => {
  let amount = bytes
  let shown = "bytes"
  for (const unit of units) {
    // What would be shown as a thousand is one of the next.
    if (amount < 999.95) break
    amount /= 1000
    shown = unit
  }
  return `${shown === "bytes" ? amount : amount.toFixed(1)} ${shown}`
}
