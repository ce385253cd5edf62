/** A decision that affects the child carries the child's view, or the reason why it was not sought. */
export const brokenByNotAsking = (input: {
  readonly childView: string;
  readonly notSoughtReason?: string;
}): readonly string[] =>
  input.childView === 'NOT_SOUGHT' && (!input.notSoughtReason || input.notSoughtReason === 'NO_REASON_GIVEN')
    ? ['R-215']
    : [];
