/** Events after `from`, up to and with `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}
