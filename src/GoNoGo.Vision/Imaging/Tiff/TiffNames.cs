using System.Globalization;

namespace GoNoGo.Vision.Imaging.Tiff;

/// <summary>What people call the codes of a TIFF file that are not read.</summary>
internal static class TiffNames
{
    /// <summary>A value of the field Compression.</summary>
    public static string Compression(long code) => code switch
    {
        2 => "CCITT (modified Huffman)",
        3 => "CCITT group 3 (fax)",
        4 => "CCITT group 4 (fax)",
        6 => "old-style JPEG",
        7 => "JPEG",
        9 or 10 => "JBIG",
        32766 => "NeXT",
        32809 => "ThunderScan",
        34661 => "JBIG",
        34676 or 34677 => "SGILog",
        33003 or 33005 or 34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        34926 or 50000 => "Zstandard",
        34927 or 50001 => "WebP",
        50002 or 52546 => "JPEG XL",
        _ => Number("unknown", code),
    };

    /// <summary>A value of the field PhotometricInterpretation.</summary>
    public static string Color(long code) => code switch
    {
        4 => "transparency mask",
        5 => "CMYK",
        6 => "YCbCr",
        8 => "CIELab",
        9 => "ICCLab",
        10 => "ITULab",
        32803 => "colour filter array",
        32844 => "LogL",
        32845 => "LogLuv",
        34892 => "linear raw",
        _ => Number("unknown", code),
    };

    /// <summary>A value of the field SampleFormat with its depth.</summary>
    public static string Samples(long format, long bits) => format switch
    {
        2 => string.Create(CultureInfo.InvariantCulture, $"signed {bits}-bit integers"),
        3 => string.Create(CultureInfo.InvariantCulture, $"{bits}-bit floats"),
        5 => "complex integers",
        6 => "complex floats",
        _ => string.Create(CultureInfo.InvariantCulture, $"unsigned {bits}-bit integers"),
    };

    private static string Number(string word, long code) => string.Create(CultureInfo.InvariantCulture, $"{word} (code {code})");
}
