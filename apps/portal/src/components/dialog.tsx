import { Modal, type ModalProps } from '@mantine/core';
import { useEffect } from 'react';
import { useSay } from '../i18n/language.js';

/** Dialogs that are open: one can open above another. */
let open = 0;

/** A dialog above the page: as long as it is open, nothing of the page can be reached, by whatever means. */
export function Dialog(props: ModalProps) {
  const say = useSay();
  const { opened } = props;
  useEffect(() => {
    const page = document.getElementById('root');
    if (!opened || !page) return undefined;
    open += 1;
    page.inert = true;
    return () => {
      open -= 1;
      page.inert = open > 0;
    };
  }, [opened]);
  return <Modal closeButtonProps={{ 'aria-label': say('action.close') }} {...props} />;
}
