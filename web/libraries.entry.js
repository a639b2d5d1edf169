// What the report takes from npm; esbuild makes libraries.js of it (npm run build).
import {
    AmbientLight, BufferGeometry, Color, DirectionalLight, DoubleSide, Euler, Float32BufferAttribute, Group, InstancedMesh, Line,
    LineBasicMaterial, LineDashedMaterial, LineSegments, Matrix4, Mesh, MeshBasicMaterial, MeshLambertMaterial, PerspectiveCamera, Points, PointsMaterial,
    CylinderGeometry, Quaternion, Raycaster, Scene, SphereGeometry, Sprite, SpriteMaterial, CanvasTexture, TextureLoader, Vector2, Vector3, WebGLRenderer, PlaneGeometry, SRGBColorSpace,
} from "three";
export { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import uPlotCss from "uplot/dist/uPlot.min.css";
export { default as uPlot } from "uplot";
export { uPlotCss };
export const THREE = {
    AmbientLight, BufferGeometry, Color, DirectionalLight, DoubleSide, Euler, Float32BufferAttribute, Group, InstancedMesh, Line,
    LineBasicMaterial, LineDashedMaterial, LineSegments, Matrix4, Mesh, MeshBasicMaterial, MeshLambertMaterial, PerspectiveCamera, Points, PointsMaterial,
    CylinderGeometry, Quaternion, Raycaster, Scene, SphereGeometry, Sprite, SpriteMaterial, CanvasTexture, TextureLoader, Vector2, Vector3, WebGLRenderer, PlaneGeometry, SRGBColorSpace,
};
