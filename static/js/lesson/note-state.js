// What a note's field shows and what it started from, after the server has answered.

/**
 * `sent` is what the server was given, `kept` what it keeps now, `now` what the field holds by then. Whoever typed on
 * meanwhile typed on from `sent`: that stays the base, and the next save merges. Else the field shows what is kept.
 */
export function afterSave({ now, sent, kept }) {
  return now === sent ? { text: kept, base: kept } : { text: now, base: sent };
}
