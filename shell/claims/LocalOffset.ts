/** The clock of this machine: whoever says "by 5pm" on it means its time. */

/** Minutes east of UTC at that moment. */
export const offsetMinutes = (at: number): number => -new Date(at).getTimezoneOffset()
