/** The version of this program, as its package has it; `development` where it was not built. */
export const version = process.env.DROVER_VERSION ?? "development"
