using System.Globalization;

namespace GoNoGo;

/// <summary>What a reader is told of pictures with an alpha channel.</summary>
internal static class AlphaNote
{
    public static string Of(int pictures) =>
        string.Create(CultureInfo.InvariantCulture, $"{pictures} picture(s) have an alpha channel, which is ignored.");
}
