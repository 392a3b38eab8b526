"""The entries of a PDF's dictionaries that showing its pages needs; every other entry goes."""

CATALOGUE = frozenset({"/Type", "/Pages", "/OCProperties"})
PAGE = frozenset(
    "/Type /Parent /Kids /Count /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Rotate /Contents /Group "
    "/UserUnit".split()
)
# Dictionaries whose entries have names of the author's choosing, by the entry that leads to them: the content of the
# page calls them so, and only what lies behind them is looked at.
NAMED = frozenset(
    "/Font /XObject /ExtGState /ColorSpace /Pattern /Shading /Properties /CharProcs /Colorants".split()
)
RESOURCES = frozenset("/Font /XObject /ExtGState /ColorSpace /Pattern /Shading /Properties".split())
_RESOURCES = "/Font /XObject /ExtGState /ColorSpace /Pattern /Shading /Properties /ProcSet /Resources"
_STREAMS = "/Type /Subtype /Length /Filter /DecodeParms /FormType"
_FILTERS = (
    "/Predictor /Colors /BitsPerComponent /Columns /EarlyChange /K /EndOfLine /EncodedByteAlign /Rows /EndOfBlock "
    "/BlackIs1 /DamagedRowsBeforeError /JBIG2Globals /ColorTransform"
)
_PICTURES = (
    "/Width /Height /ColorSpace /BitsPerComponent /Intent /ImageMask /Mask /Decode /Interpolate /SMask /Matte "
    "/SMaskInData"
)
_FORMS = "/BBox /Matrix /Group /S /I /CS /G /BC /TR /TR2 /K"
_FONTS = (
    "/BaseFont /FirstChar /LastChar /Widths /FontDescriptor /Encoding /ToUnicode /DescendantFonts /CIDSystemInfo /W "
    "/W2 /DW /DW2 /CIDToGIDMap /CharProcs /FontBBox /FontMatrix /BaseEncoding /Differences /FontName /FontStretch "
    "/FontWeight /Flags /ItalicAngle /Ascent /Descent /Leading /CapHeight /XHeight /StemV /StemH /AvgWidth /MaxWidth "
    "/MissingWidth /FontFile /FontFile2 /FontFile3 /CIDSet /Registry /Ordering /Supplement /Length1 /Length2 "
    "/Length3 /CMapName /WMode /UseCMap /Name"
)
_STATES = (
    "/LW /LC /LJ /ML /D /RI /OP /op /OPM /BG /BG2 /UCR /UCR2 /HT /FL /SM /SA /BM /SMask /CA /ca /AIS /TK /HalftoneType "
    "/Frequency /Angle /SpotFunction /AccurateScreens /TransferFunction"
)
_COLOURS = (
    "/N /Alternate /Range /WhitePoint /BlackPoint /Gamma /PatternType /PaintType /TilingType /XStep /YStep /Shading "
    "/ExtGState /ShadingType /Background /AntiAlias /Coords /Domain /Function /Extend /BitsPerCoordinate /BitsPerFlag "
    "/VerticesPerRow /Colorants /Process /Components"
)
_FUNCTIONS = "/FunctionType /Size /BitsPerSample /Order /Encode /C0 /C1 /Functions /Bounds"
_LAYERS = "/OCGs /OC /VE /P /BaseState /ON /OFF /D /AS /Event /Category /RBGroups /Locked"
RENDERING = frozenset(
    " ".join(
        (_RESOURCES, _STREAMS, _FILTERS, _PICTURES, _FORMS, _FONTS, _STATES, _COLOURS, _FUNCTIONS, _LAYERS)
    ).split()
)
# What is told by name when it goes; any other entry is "pdf/other entries".
TOLD = {
    "/Metadata": "XMP", "/PieceInfo": "private data", "/LastModified": "times", "/Thumb": "thumbnails",
    "/AA": "actions", "/A": "actions", "/OpenAction": "actions", "/JS": "JavaScript", "/Names": "names and attachments",
    "/AF": "attachments", "/EF": "attachments", "/Outlines": "bookmarks", "/AcroForm": "form fields",
    "/Annots": "annotations", "/StructTreeRoot": "structure", "/StructParents": "structure",
    "/StructParent": "structure", "/MarkInfo": "structure", "/Lang": "language",
    "/OutputIntents": "output intents", "/PageLabels": "page labels",
    "/ViewerPreferences": "viewer settings", "/PageLayout": "viewer settings", "/PageMode": "viewer settings",
    "/Dests": "names and attachments", "/Perms": "signatures", "/DSS": "signatures", "/Legal": "signatures",
    "/Info": "document information", "/ID": "file number", "/URI": "actions", "/Threads": "article threads",
    "/B": "article threads", "/OPI": "print server data", "/Measure": "measurements", "/VP": "measurements",
    "/PTEX.FileName": "private data", "/PTEX.InfoDict": "private data", "/PTEX.PageNumber": "private data",
    "/Title": "titles", "/CreationDate": "times", "/ModDate": "times", "/Version": "version", "/Extensions": "version",
    "/Collection": "names and attachments", "/Tabs": "annotations", "/Alternates": "other pictures",
}  # fmt: skip
# The only entries whose value may be a string: names of character collections.
STRINGS = frozenset({"/Registry", "/Ordering"})
COLLECTIONS = frozenset("Adobe Identity Japan1 GB1 CNS1 Korea1 KR UCS".split())
