/**
 * A seam: whoever composes the program may put something around a piece of work (a measurement, a span). It must do the work once and
 * pass on what came of it, or the error, unchanged.
 */
export type Around<What> = <Result>(what: What, work: () => Promise<Result>) => Promise<Result>;
