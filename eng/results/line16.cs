#:project ../../src/GoNoGo.Vision/GoNoGo.Vision.csproj
#:property ProjectKind=Tool
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// Writes the sample product line of `gonogo demo` as a 12-bit gray camera would: 16-bit TIFF files, masks as PNG, layout of MVTec AD.
//   dotnet run eng/results/line16.cs -- FOLDER [SEED]
// A count is 300 + 6 * luma (levels of 256, averaged over the colours without rounding), with noise of 3 counts: black is 300,
// white 1830 of 4095, as with an exposure that leaves room for reflections. The same seed gives the same files.
using System.Globalization;
using GoNoGo.Tensors;
using GoNoGo.Tensors.Memory;
using GoNoGo.Tensors.Random;
using GoNoGo.Vision.Datasets.Synthetic;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Tiff;

const int Black = 300;
const float CountsPerLevel = 6;
const float Noise = 3;

if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("usage: dotnet run eng/results/line16.cs -- FOLDER [SEED]");
    return 2;
}

string folder = args[0];
int seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
ProductLine.Write(folder, new ProductLineOptions { Seed = seed });
string[] parts = ["train", "test"];
string[] files = [.. parts
    .SelectMany(part => Directory.EnumerateFiles(Path.Combine(folder, part), "*.png", SearchOption.AllDirectories))
    .Order(StringComparer.Ordinal)];
for (int i = 0; i < files.Length; i++)
{
    using Image rgb = ImageDecoder.Load(files[i]);
    var counts = new ushort[rgb.Width * rgb.Height];
    using var scope = new TensorScope();
    Tensor noise = scope.New(new Shape(counts.Length));
    new RandomStream((ulong)seed, "line16").Child((ulong)i).FillNormal(0, Noise, noise);
    for (int p = 0; p < counts.Length; p++)
    {
        ReadOnlySpan<byte> color = rgb.Samples8.AsSpan(3 * p, 3);
        float luma = (0.299f * color[0]) + (0.587f * color[1]) + (0.114f * color[2]);
        counts[p] = (ushort)Math.Clamp(MathF.Round(Black + (CountsPerLevel * luma) + noise.Span[p]), 0, 4095);
    }

    TiffEncoder.Save(new Image(rgb.Width, rgb.Height, 1, counts), Path.ChangeExtension(files[i], ".tif"));
    File.Delete(files[i]);
}

Console.WriteLine($"{files.Length} pictures in {folder}");
return 0;
