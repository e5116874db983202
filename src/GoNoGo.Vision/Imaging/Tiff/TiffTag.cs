namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>The fields of a page that are looked at (TIFF 6.0, sections 4 to 15; names as there).</summary>
internal enum TiffTag : ushort
{
    NewSubfileType = 254,
    ImageWidth = 256,
    ImageLength = 257,
    BitsPerSample = 258,
    Compression = 259,
    PhotometricInterpretation = 262,
    FillOrder = 266,
    StripOffsets = 273,
    Orientation = 274,
    SamplesPerPixel = 277,
    RowsPerStrip = 278,
    StripByteCounts = 279,
    PlanarConfiguration = 284,
    Predictor = 317,
    ColorMap = 320,
    TileWidth = 322,
    TileLength = 323,
    TileOffsets = 324,
    TileByteCounts = 325,
    ExtraSamples = 338,
    SampleFormat = 339,
}

/// <summary>How pixel data are packed.</summary>
internal enum TiffPacking
{
    None = 1,
    Lzw = 5,
    Deflate = 8,
    PackBits = 32773,
    DeflateOld = 32946,
}

/// <summary>What samples mean.</summary>
internal enum TiffColor
{
    WhiteIsZero = 0,
    BlackIsZero = 1,
    Rgb = 2,
    Palette = 3,
}
