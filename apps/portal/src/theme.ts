import { Badge, Button, Checkbox, createTheme, Modal, NativeSelect, Radio, Textarea, TextInput } from '@mantine/core';

/** Mantine with its accessibility defaults corrected: contrast of the primary and of dimmed text, focus always visible. */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 9,
  autoContrast: true,
  focusRing: 'always',
  respectReducedMotion: true,
  defaultRadius: 'sm',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", sans-serif',
  headings: { fontWeight: '650' },
  components: {
    Modal: Modal.extend({ defaultProps: { centered: true, transitionProps: { duration: 0 } } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', autoContrast: true } }),
    Button: Button.extend({ defaultProps: { radius: 'sm' } }),
    TextInput: TextInput.extend({ defaultProps: { inputWrapperOrder: ['label', 'description', 'error', 'input'] } }),
    Textarea: Textarea.extend({
      defaultProps: {
        autosize: true,
        minRows: 2,
        maxRows: 12,
        inputWrapperOrder: ['label', 'description', 'error', 'input'],
      },
    }),
    NativeSelect: NativeSelect.extend({
      defaultProps: { inputWrapperOrder: ['label', 'description', 'error', 'input'] },
    }),
    Radio: Radio.extend({ defaultProps: { size: 'md' } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'md' } }),
    RadioGroup: Radio.Group.extend({ defaultProps: { inputWrapperOrder: ['label', 'description', 'error', 'input'] } }),
  },
});
