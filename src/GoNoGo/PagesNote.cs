using System.Globalization;

namespace GoNoGo;

/// <summary>What a reader is told of files that hold several pictures.</summary>
internal static class PagesNote
{
    public static string Of(int pictures) =>
        string.Create(CultureInfo.InvariantCulture, $"{pictures} picture(s) have several pages; only the first is read.");
}
