import { UNSUITABLE_VENUES } from '@resguardo/contracts/timeline';

/** A prosecutor's office, a court, a police building, or a place shared with the accused is flagged; a video link from a fit room is not. */
export const venueIsFlagged = (venueKind: string, videoLink = false): boolean =>
  !videoLink && UNSUITABLE_VENUES.some((venue) => venue === venueKind);
