/** Every component in every state, on one page: `components.html`, or one part of it with `?part=buttons`. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchPresses } from '../../../renderer/components/index.ts';
import { resetModes, setModes } from '../../../renderer/flow/modes.ts';
import { loadTechnicianTexts, startI18n, switchLanguage } from '../../../renderer/i18n/index.ts';
import { loadHallExtras, switchLocale } from '../../../renderer/i18n/packs.ts';
import '../../../assets/fonts/screen/fonts.css';
import '../../../assets/fonts/screen/more-1.css';
import '../../../assets/fonts/screen/more-2.css';
import '../../../assets/fonts/screen/more-3.css';
import '../../../assets/fonts/screen/more-4.css';
import '../../../assets/fonts/screen/more-5.css';
import '../../../assets/fonts/screen/more-6.css';
import '../../../renderer/theme/tokens.css';
import '../../../renderer/theme/ui.css';
import '../../../renderer/theme/frame.css';
import '../../../renderer/theme/parts.css';
import '../../../renderer/theme/screens.css';
import '../../../renderer/theme/a11y.css';
import '../../../renderer/theme/pads.css';
import '../../../renderer/theme/long-words.css';
import { fakeBridge } from '../fake-bridge.ts';
import type { GalleryHandle } from '../main.ts';
import { ComponentsPage } from './page.tsx';
import './components.css';

const handle: GalleryHandle = { setModes, switchLanguage, switchLocale };
Object.defineProperty(window, 'gallery', { value: handle });
const query = new URLSearchParams(location.search);
Object.defineProperty(window, 'hall24', { value: fakeBridge(query) });

watchPresses();
resetModes();
await startI18n();
await Promise.all([loadTechnicianTexts(), loadHallExtras()]);
const root = document.querySelector('#root');
if (root === null) throw new Error('components.html has no #root');
createRoot(root).render(
  <StrictMode>
    <ComponentsPage part={query.get('part')} />
  </StrictMode>,
);
