import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { View } from './interview.state.js';

/** What was said in therapy is no evidence, unless the child freed the professional from secrecy. */
export const therapyStaysSecret = ({ secrecyReleased }: View): Refusal | undefined =>
  secrecyReleased ? undefined : refuse('R-025', 'E-THERAPY');
