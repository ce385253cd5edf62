import { Link } from 'react-router';
import { useSay } from '../i18n/language.js';

export function NotFoundPage() {
  const say = useSay();
  return (
    <>
      <h1>{say('notFound.title')}</h1>
      <p>
        <Link to="/">{say('notFound.back')}</Link>
      </p>
    </>
  );
}
