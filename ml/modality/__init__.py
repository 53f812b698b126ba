"""From a video to features: one extractor a modality, their results cached by content.

To add an extractor:
1. write `ml/modality/<noun>.py` with one `Extractor` (see `extractor.py`; the class docstring names the paper);
2. add its line to `EXTRACTORS`; the version is part of the name, an improvement is `.v2`, never a changed `.v1`;
3. tell the contract test how to build it (`SETTINGS` in `tests/ml/test_extractors.py`); the test then runs on it;
4. name it in a stack (`ml/stacks/*.toml`, section `[modality.<modality>]`).
"""

EXTRACTORS = {
    "minilm.v1": "ml.modality.text.SentenceExtractor",
    "albert.v1": "ml.modality.albert.DomainExtractor",
    "timm.v1": "ml.modality.frames.FrameExtractor",
    "clip.v1": "ml.modality.clip.ClipExtractor",
    "logmel.v1": "ml.modality.sound.SoundExtractor",
    "logmel.v2": "ml.modality.sound_texture.TextureExtractor",
    "texture.v1": "ml.modality.sound_texture.TextureBesides",
    "vggish.v1": "ml.modality.vggish.VggishExtractor",
    "dlib_faces.v1": "ml.modality.faces.FaceExtractor",
}
