using System.Collections.Frozen;

namespace GoNoGo.Vision.Datasets;

/// <summary>Which files are pictures by their names.</summary>
public static class PictureNames
{
    private static readonly FrozenSet<string> Extensions = FrozenSet.ToFrozenSet(
        [".png", ".bmp", ".pbm", ".pgm", ".ppm", ".pnm", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff"], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup = Extensions.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a file is a picture by its extension, of a kind that can be decoded or not.</summary>
    public static bool IsPicture(ReadOnlySpan<char> path) => Lookup.Contains(Path.GetExtension(path));
}
