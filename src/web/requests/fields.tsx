import type { FC } from 'hono/jsx';
import { authorities } from '../../policy/authorities.ts';
import { erasureGrounds, regions } from '../../policy/requests.ts';

/** Nobody may guess the ground for the person (CS-43). */
export const Grounds: FC = () => (
  <div class="field">
    <label for="field-ground">Why should it be deleted?</label>
    <select id="field-ground" name="ground" required>
      <option value="">Choose one</option>
      {Object.entries(erasureGrounds).map(([ground, text]) => (
        <option value={ground}>{text}</option>
      ))}
    </select>
  </div>
);

export const Places: FC = () => (
  <>
    {['Where you live', 'Where you work', 'Where it happened'].map((label, at) => (
      <div class="field">
        <label for={`field-place-${at}`}>{label}</label>
        <select id={`field-place-${at}`} name="place">
          <option value="">Elsewhere, or I’d rather not say</option>
          {Object.entries(authorities).map(([code, { country }]) => (
            <option value={code}>{country}</option>
          ))}
        </select>
      </div>
    ))}
  </>
);

/** Where the person lives decides which rights their law names (CS-40, CF-23). */
export const Regions: FC = () => (
  <div class="field">
    <label for="field-region">Where do you live?</label>
    <select id="field-region" name="region">
      <option value="">I’d rather not say</option>
      {Object.entries(regions).map(([region, text]) => (
        <option value={region}>{text}</option>
      ))}
    </select>
    <p class="small">It decides which rights your law names. Nobody is refused one for where they live.</p>
  </div>
);
