/** Why somebody stops taking part is asked once and lightly; the account is never asked for with it. */
export const brokenByChecking = ({ accountAsked }: { readonly accountAsked: boolean }): readonly string[] =>
  accountAsked ? ['R-908'] : [];
