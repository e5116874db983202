using System.Globalization;

namespace GoNoGo;

/// <summary>What a reader is told of pictures whose files say that they are to be turned.</summary>
internal static class OrientationNote
{
    public static string Of(int pictures) =>
        string.Create(CultureInfo.InvariantCulture, $"{pictures} picture(s) carry an EXIF orientation, which is ignored: they are judged as stored.");
}
