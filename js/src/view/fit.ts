import type { Plane } from "./plane";
import { type Box, fitZoom, fitZoomAround, type Viewport } from "./viewport";

/**
 * Which zoom a view has. Without one it is fitted; and a view that is fitted stays so when its plane
 * changes, around the point it shows. A view that a person has zoomed keeps its zoom in every plane.
 */
export class Fit {
  #plane: Plane | undefined;
  /** The zoom that the last fit gave. */
  #fitted: number | undefined;

  zoom(viewport: Viewport, wanted: number | null, box: Box): number {
    const turned = this.#plane !== undefined && this.#plane !== viewport.plane;
    this.#plane = viewport.plane;
    if (wanted === null) this.#fitted = fitZoom(viewport, box);
    else if (turned && wanted === this.#fitted) this.#fitted = fitZoomAround(viewport, box);
    else return wanted;
    return this.#fitted;
  }
}
