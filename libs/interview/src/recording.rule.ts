import { refuse } from '@resguardo/eventing';
import type { RecordingMode } from './interview.state.js';
import { interviewOf } from './interview.state.js';
import type { Rule } from './wish.js';

/** How much of the child a mode keeps: nothing may keep more than the child said yes to. */
const KEEPS: Readonly<Record<RecordingMode, number>> = { NONE: 0, WRITTEN_BY_INTERMEDIARY: 1, AUDIO: 2, VIDEO: 3 };

/** For this session the child was asked how it may be recorded. */
export const theChildWasAskedAboutRecording: Rule<'interviewId'> = ({ interviewId = '' }, view) =>
  interviewOf(view, interviewId)?.preference ? undefined : refuse('R-009', 'E-INT-NOPREF');

/** A preference that excludes the camera, or the recorder, is kept. */
export const theRecordingFitsThePreference: Rule<'interviewId' | 'mode'> = ({ interviewId = '', mode }, view) => {
  const preference = interviewOf(view, interviewId)?.preference;
  return preference && mode && KEEPS[mode] > KEEPS[preference]
    ? refuse('R-009', 'E-INT-CAMERA', { mode, preference })
    : undefined;
};
