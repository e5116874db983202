namespace GoNoGo.Vision.Imaging.Jpeg;

/// <summary>The second bytes of the markers of ITU-T T.81, table B.1; the first is 0xFF.</summary>
internal static class JpegMarker
{
    public const byte BaselineFrame = 0xC0;
    public const byte ExtendedFrame = 0xC1;
    public const byte ProgressiveFrame = 0xC2;
    public const byte HuffmanTables = 0xC4;
    public const byte ArithmeticConditioning = 0xCC;
    public const byte FirstRestart = 0xD0;
    public const byte LastRestart = 0xD7;
    public const byte StartOfImage = 0xD8;
    public const byte EndOfImage = 0xD9;
    public const byte StartOfScan = 0xDA;
    public const byte QuantizationTables = 0xDB;
    public const byte NumberOfLines = 0xDC;
    public const byte RestartInterval = 0xDD;
    public const byte HierarchicalProgression = 0xDE;
    public const byte ExpandReference = 0xDF;
    public const byte App0 = 0xE0;
    public const byte App1 = 0xE1;
    public const byte App14 = 0xEE;

    /// <summary>Whether a marker begins a frame, supported or not.</summary>
    public static bool IsFrame(byte marker) =>
        marker is >= 0xC0 and <= 0xCF and not HuffmanTables and not ArithmeticConditioning and not 0xC8;

    /// <summary>Whether a marker stands alone, without a segment.</summary>
    public static bool StandsAlone(byte marker) => marker is 0x01 or (>= FirstRestart and <= StartOfImage);

    /// <summary>What a frame marker that cannot be decoded stands for.</summary>
    public static string FrameName(byte marker) => marker switch
    {
        0xC3 or 0xCB => "lossless JPEG",
        0xC5 or 0xC6 or 0xC7 or 0xCD or 0xCE or 0xCF => "hierarchical JPEG",
        0xC9 or 0xCA => "JPEG with arithmetic coding",
        _ => $"JPEG with the frame marker FF{marker:X2}",
    };
}
