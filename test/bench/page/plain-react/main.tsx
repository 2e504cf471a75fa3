import { useState, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';

/** The least that changes from one screen to another: a heading and a button, without any style of its own. */
function Plain(): ReactElement {
  const [screen, setScreen] = useState(0);
  return (
    <main key={screen}>
      <h1>{`screen ${screen}`}</h1>
      <button type="button" onClick={() => setScreen(screen + 1)}>
        next
      </button>
    </main>
  );
}

const root = document.querySelector('#root');
if (root) createRoot(root).render(<Plain />);
