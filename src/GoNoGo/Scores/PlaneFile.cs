using System.Globalization;
using GoNoGo.Tensors.Formats;
using GoNoGo.Tensors.Formats.Npy;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Scores;

/// <summary>One map <c>[Height, Width]</c>, row-major.</summary>
internal readonly record struct Plane(float[] Values, int Width, int Height);

/// <summary>One mask <c>[Height, Width]</c>, row-major; any value but 0 is defect.</summary>
internal readonly record struct PlaneMask(byte[] Values, int Width, int Height);

/// <summary>Reads files that hold one plane of numbers.</summary>
internal static class PlaneFile
{
    private const string SafetensorsName = "map";

    /// <summary>The extensions of maps that are read.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".npy", ".safetensors", ".tif", ".tiff", ".png"];

    private static readonly string[] MaskPictures = [".bmp", ".pbm", ".pgm", ".ppm", ".pnm"];

    /// <summary>Whether a file is a map by its extension.</summary>
    public static bool IsMap(string path) => Has(path, Extensions);

    /// <summary>Whether a file is a mask by its extension.</summary>
    public static bool IsMask(string path) => IsMap(path) || Has(path, MaskPictures);

    /// <summary>Reads a map; NaN stands where nothing is judged.</summary>
    /// <exception cref="ScoreInputException">The file is damaged, not one plane, holds an infinite value, or NaN alone.</exception>
    public static Plane ReadMap(string path) => Read(path, () =>
    {
        Plane plane = Extension(path) switch
        {
            ".npy" => ReadNpy(path),
            ".safetensors" => ReadSafetensors(path),
            _ => ReadPicture(path),
        };
        int infinite = Array.FindIndex(plane.Values, float.IsInfinity);
        return infinite >= 0
            ? throw new ScoreInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"the map '{path}' has an infinite value at column {infinite % plane.Width}, row {infinite / plane.Width}; write finite numbers, and NaN where nothing is judged."))
            : Array.TrueForAll(plane.Values, float.IsNaN)
            ? throw new ScoreInputException($"the map '{path}' holds no number, only NaN; leave it out where nothing of its picture is judged.")
            : plane;
    });

    /// <summary>Reads a mask.</summary>
    /// <exception cref="ScoreInputException">The file is damaged or not one plane.</exception>
    public static PlaneMask ReadMask(string path) => Read(path, () =>
    {
        if (Extension(path) is ".npy" or ".safetensors")
        {
            Plane plane = Extension(path) == ".npy" ? ReadNpy(path) : ReadSafetensors(path);
            return new PlaneMask(Array.ConvertAll(plane.Values, value => value == 0 ? (byte)0 : (byte)1), plane.Width, plane.Height);
        }

        using Image image = ImageDecoder.Load(path);
        using Image mask = MaskFile.ToBinary(image);
        return new PlaneMask(mask.Samples8!.AsSpan(0, mask.Width * mask.Height).ToArray(), mask.Width, mask.Height);
    });

    private static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or (IOException and not ScoreInputException))
        {
            string reason = exception.Message;
            throw new ScoreInputException(reason.Contains(path, StringComparison.Ordinal) ? reason : $"cannot read '{path}': {reason}", exception);
        }
    }

    private static Plane ReadNpy(string path)
    {
        using NpyReader reader = NpyReader.Open(path);
        (int width, int height) = SizeOf(path, reader.Dimensions);
        return new Plane(reader.ReadFloats(), width, height);
    }

    private static Plane ReadSafetensors(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        SafetensorsEntry entry = reader.Entries.Count == 1 ? reader.Entries[0]
            : reader.Contains(SafetensorsName) ? reader[SafetensorsName]
            : throw new ScoreInputException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{path}' holds {reader.Entries.Count} tensors, none of them named '{SafetensorsName}'; store one map a file, or name it so."));
        (int width, int height) = SizeOf(path, entry.Dimensions);
        return new Plane(reader.ReadFloats(entry.Name), width, height);
    }

    private static Plane ReadPicture(string path)
    {
        using Image image = ImageDecoder.Load(path);
        if (image.Channels != 1)
        {
            throw new ScoreInputException(string.Create(
                CultureInfo.InvariantCulture, $"'{path}' has {image.Channels} channels, a map has one; store gray values, not colours."));
        }

        var values = new float[image.Width * image.Height];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = image.Samples8 is { } bytes ? bytes[i] : image.SamplesFloat is { } floats ? floats[i] : image.Samples16![i];
        }

        return new Plane(values, image.Width, image.Height);
    }

    /// <summary>Width and height of an array that is one plane, dimensions of 1 aside.</summary>
    private static (int Width, int Height) SizeOf(string path, ReadOnlySpan<long> dimensions)
    {
        long[] given = dimensions.ToArray();
        long[] sides = given.Length <= 2 ? given : [.. given.Where(side => side != 1)];
        if (sides.Length != 2 || Array.Exists(sides, side => side is < 1 or > int.MaxValue))
        {
            throw new ScoreInputException($"'{path}' has the shape [{string.Join(", ", given)}], expected one plane [height, width]; store one map a file.");
        }

        return ((int)sides[1], (int)sides[0]);
    }

    private static string Extension(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static bool Has(string path, IReadOnlyList<string> extensions) => extensions.Contains(Extension(path), StringComparer.Ordinal);
}
