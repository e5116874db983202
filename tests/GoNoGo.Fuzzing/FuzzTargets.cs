using GoNoGo.Fuzzing.Checkpoints;
using GoNoGo.Fuzzing.Pictures;
using GoNoGo.Fuzzing.TensorFiles;

namespace GoNoGo.Fuzzing;

/// <summary>All readers that are fuzzed, by name.</summary>
public static class FuzzTargets
{
    /// <summary>The readers.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new PictureTarget("png", ".png", "PNG pictures", PictureSeeds.Png, PngMutation.Mutate),
        new PictureTarget("bmp", ".bmp", "Windows and OS/2 bitmaps", PictureSeeds.Bmp, BmpMutation.Mutate),
        new PictureTarget("pnm", ".pnm", "Netpbm pictures, P1 to P6", PictureSeeds.Pnm, PnmMutation.Mutate),
        new PictureTarget("jpeg", ".jpg", "JPEG pictures", PictureSeeds.Jpeg, JpegMutation.Mutate),
        new PictureTarget("tiff", ".tif", "TIFF pictures", PictureSeeds.Tiff, TiffMutation.Mutate),
        new SafetensorsTarget(),
        new NpyTarget(),
        new TorchTarget(),
    ];

    /// <summary>A reader by its name.</summary>
    /// <exception cref="ArgumentException">There is none of this name; the message lists the names.</exception>
    public static FuzzTarget Get(string name) => All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"'{name}' is no reader that is fuzzed; there are {string.Join(", ", All.Select(target => target.Name))}.");
}
