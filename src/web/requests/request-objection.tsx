import type { FC } from 'hono/jsx';
import { afterObjection, isInterest } from '../../policy/objection.ts';
import type { RequestView } from './view.ts';

/** What an objection stops, and what of it goes on and why (CS-46); once it is refused or withdrawn, that all but marketing is back. */
export const Objected: FC<{ view: RequestView }> = ({ view: { status, outcome } }) => {
  const ended = status === 'refused' || status === 'withdrawn';
  const stops = (outcome?.stopped ?? []).filter(isInterest).map((name) => afterObjection[name].stops);
  const goesOn = (outcome?.goesOn ?? []).filter(isInterest).map((name) => afterObjection[name].goesOn);
  return (
    <>
      <h2>What is stopped</h2>
      <ul>
        <li>Marketing: nothing is sent to you any more, unless you allow it again in your account.</li>
        {!ended && stops.map((each) => each !== null && <li>{sentence(each)}</li>)}
      </ul>
      {ended && stops.length > 0 && <p>Everything else goes on as before.</p>}
      {!ended && goesOn.length > 0 && (
        <>
          <h2>What goes on, and why</h2>
          <ul>{goesOn.map((each) => each !== null && <li>{sentence(each)}</li>)}</ul>
        </>
      )}
    </>
  );
};

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
