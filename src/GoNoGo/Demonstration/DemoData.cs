using GoNoGo.Tensors.Formats;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Datasets.Synthetic;

namespace GoNoGo.Demonstration;

/// <summary>The demo's pictures on the disk.</summary>
internal static class DemoData
{
    /// <summary>The generator's seed from the demo's.</summary>
    public static int FoldSeed(ulong seed) => unchecked((int)(seed ^ (seed >> 32)));

    /// <summary>Draws all pictures.</summary>
    /// <exception cref="FileWriteException">The folder holds pictures that are none of the demo's, which would be trained on.</exception>
    public static void Write(string folder, ProductLineOptions options, DemoObserver observer, CancellationToken cancellation)
    {
        int count = ProductLine.Count(options);
        ProductLine.Write(folder, options, done => observer.Drawing?.Invoke(done, count), cancellation);
        int found = Files(folder, "train") + Files(folder, "test");
        if (found != count)
        {
            throw new FileWriteException($"'{folder}' holds {found} pictures where the demo drew {count}: some are not its own; give another folder, or move them away.");
        }
    }

    /// <summary>A few test pictures of each kind, as paths.</summary>
    public static string[] Samples(string folder, ProductLineOptions options, int ofEach) =>
    [
        .. ProductLine.DefectKinds.Append(DatasetItem.GoodKind).SelectMany(kind =>
            Enumerable.Range(0, Math.Min(ofEach, kind == DatasetItem.GoodKind ? options.TestGood : options.TestDefective))
                .Select(index => Path.Combine(folder, "test", kind, Name(index) + ".png"))),
    ];

    private static string Name(int index) => index.ToString("D3", System.Globalization.CultureInfo.InvariantCulture);

    private static int Files(string folder, string part) =>
        Directory.EnumerateFiles(Path.Combine(folder, part), "*", SearchOption.AllDirectories).Count();
}
