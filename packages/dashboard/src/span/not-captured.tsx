/** Says that content is absent because it was not captured, rather than showing nothing. */
export function NotCaptured({ what }: { what: string }) {
  return <p className="nothing">The application did not capture {what}.</p>;
}
