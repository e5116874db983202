using GoNoGo.Evaluation.Metrics.Pixel;
using GoNoGo.Scores;
using GoNoGo.Tensors.Formats.Npy;
using GoNoGo.Tensors.Formats.Safetensors;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Imaging;
using GoNoGo.Vision.Imaging.Png;

namespace GoNoGo.Tests.Scores;

public sealed class MapFolderTests : IDisposable
{
    private const int Width = 7;
    private const int Height = 5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_format_gives_the_metrics_of_the_numbers()
    {
        // Whole numbers, which every format holds exactly.
        float[][] maps = [.. Enumerable.Range(0, 5).Select(Map)];
        Npy("maps/a/0.npy", maps[0], Height, Width);
        Npy("maps/a/1.npy", maps[1], 1, Height, Width, 1);
        Safetensors("maps/b/2.safetensors", maps[2], "anything");
        _folder.File("maps/b/3.png", PngEncoder.Encode(new Image(Width, Height, 1, Array.ConvertAll(maps[3], value => (ushort)value))));
        _folder.File("maps/4.png", PngEncoder.Encode(new Image(Width, Height, 1, Array.ConvertAll(maps[4], value => (byte)value))));
        _folder.File("maps/readme.txt", "x"u8);
        byte[] mask = Mask();
        _folder.File("masks/a/0_mask.png", PngEncoder.Encode(new Image(Width, Height, 1, mask)));
        _folder.File("masks/a/1.png", PngEncoder.Encode(new Image(Width, Height, 3, [.. mask.SelectMany(value => new byte[] { 0, 0, value })])));
        Npy("masks/b/2_mask.npy", Array.ConvertAll(mask, value => value * 0.5f), Height, Width);
        _folder.File("masks/zzz.png", PngEncoder.Encode(new Image(2, 2, 1, [1, 1, 1, 1])));

        using var expected = new PixelMetrics();
        foreach ((int index, bool masked) in new[] { (4, false), (0, true), (1, true), (2, true), (3, false) })
        {
            expected.Add(maps[index], masked ? mask : [], Width, Height);
        }

        MapFolderResult result = MapFolder.Measure(_folder["maps"], _folder["masks"]);
        Assert.Equal("7x5", result.MapSize);
        Assert.Equal(5, result.MapCount);
        Assert.Equal(3, result.MaskCount);
        Assert.Equal([.. expected.Compute().Named], [.. result.Metrics.Named]);
        Assert.Equal(2, result.Notes.Count);
        Assert.Contains("'zzz'", result.Notes[0], StringComparison.Ordinal);
        Assert.Contains("1 file of other kinds was ignored", result.Notes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_and_masks_are_found_however_deep()
    {
        string deep = string.Join('/', Enumerable.Range(0, 20).Select(level => $"d{level}"));
        Npy($"maps/{deep}/0.npy", Map(0), Height, Width);
        _folder.File($"masks/{deep}/0_mask.png", PngEncoder.Encode(new Image(Width, Height, 1, Mask())));
        MapFolderResult result = MapFolder.Measure(_folder["maps"], _folder["masks"]);
        Assert.Equal(1, result.MapCount);
        Assert.Equal(1, result.MaskCount);
    }

    [Fact]
    public void A_safetensors_file_of_several_tensors_needs_one_named_map()
    {
        var writer = new SafetensorsWriter();
        writer.Add("other", new float[3], 3);
        writer.Add("map", Map(0), Height, Width);
        _folder.Folder("maps");
        writer.Save(_folder["maps/x.safetensors"]);
        Assert.Equal(1, MapFolder.Measure(_folder["maps"], _folder.Folder("masks")).MapCount);
    }

    [Fact]
    public void A_damaged_TIFF_is_refused_by_name()
    {
        _folder.File("maps/a.tiff", "II*\0"u8);
        Refused("a.tiff", "TIFF");
    }

    [Fact]
    public void Sizes_must_match()
    {
        Npy("maps/a.npy", Map(0), Height, Width);
        _folder.File("masks/a.png", TestPictures.MaskPng(6, 5));
        Refused("6 x 5", "7 x 5", "a.png");
    }

    [Fact]
    public void Folders_that_do_not_agree_are_refused()
    {
        Npy("maps/test/a.npy", Map(0), Height, Width);
        _folder.File("masks/a.png", TestPictures.MaskPng(Width, Height));
        Refused("no mask", "'a'", "'test/a'");
    }

    [Fact]
    public void A_name_twice_is_refused()
    {
        Npy("maps/a.npy", Map(0), Height, Width);
        _folder.File("maps/a.png", PngEncoder.Encode(new Image(Width, Height, 1, new byte[Width * Height])));
        Refused("same name 'a'");
    }

    [Fact]
    public void Infinite_values_are_refused_with_their_place_and_maps_of_NaN_alone_by_name()
    {
        foreach (float value in new[] { float.PositiveInfinity, float.NegativeInfinity })
        {
            float[] map = Map(0);
            map[Width + 2] = value;
            Npy("maps/a.npy", map, Height, Width);
            Refused("a.npy", "infinite", "column 2, row 1");
        }

        Npy("maps/a.npy", [.. Enumerable.Repeat(float.NaN, Width * Height)], Height, Width);
        Refused("a.npy", "holds no number");
    }

    /// <summary>The metrics are those of the remaining pixels alone, and the mask counts nowhere else.</summary>
    [Fact]
    public void NaN_is_not_judged_and_in_no_metric()
    {
        float[] defective = Map(0);
        float[] normal = Map(1);
        byte[] mask = Mask();
        byte[] judged = [.. Enumerable.Repeat((byte)1, mask.Length)];
        foreach (int hidden in new[] { 0, 9, 30, 33 })
        {
            defective[hidden] = float.NaN;
            judged[hidden] = 0;
        }

        byte[] seen = [.. mask.Select((value, i) => (byte)(value * judged[i]))];
        Npy("maps/a.npy", defective, Height, Width);
        Npy("maps/b.npy", normal, Height, Width);
        _folder.File("masks/a.png", PngEncoder.Encode(new Image(Width, Height, 1, mask)));
        using var expected = new PixelMetrics();
        expected.Add(defective, seen, judged, Width, Height);
        expected.Add(normal, [], Width, Height);
        MapFolderResult result = MapFolder.Measure(_folder["maps"], _folder["masks"]);
        Assert.Equal([.. expected.Compute().Named], [.. result.Metrics.Named]);
        string note = Assert.Single(result.Notes);
        Assert.Contains("4 pixels (5.71 %) in 1 map(s)", note, StringComparison.Ordinal);
        Assert.Contains("2 of them are defective", note, StringComparison.Ordinal);
        using var whole = new PixelMetrics();
        whole.Add(Map(0), mask, Width, Height);
        whole.Add(normal, [], Width, Height);
        Assert.NotEqual([.. whole.Compute().Named], [.. result.Metrics.Named]);
    }

    [Fact]
    public void Other_shapes_and_damaged_files_are_refused()
    {
        Npy("maps/a.npy", new float[Width * Height * 2], 2, Height, Width);
        Refused("a.npy", "[2, 5, 7]");
        _folder.File("maps/a.npy", "junk"u8);
        Refused("a.npy");
        File.Delete(_folder["maps/a.npy"]);
        Refused("holds no maps");
        _folder.File("maps/a.png", TestPictures.Png(Width, Height, 3));
        Refused("3 channels");
        Directory.Delete(_folder["maps"], recursive: true);
        Refused("no folder of maps");
    }

    private static float[] Map(int seed) => [.. Enumerable.Range(0, Width * Height).Select(i => (float)(((i * 37) + (seed * 11)) % 200))];

    private static byte[] Mask()
    {
        var mask = new byte[Width * Height];
        mask.AsSpan(8, 3).Fill(9);
        mask[30] = 255;
        return mask;
    }

    private void Refused(params string[] words)
    {
        string message = Assert.Throws<ScoreInputException>(() => MapFolder.Measure(_folder["maps"], _folder.Folder("masks"))).Message;
        foreach (string word in words)
        {
            Assert.Contains(word, message, StringComparison.Ordinal);
        }
    }

    private void Npy(string name, float[] values, params long[] shape)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        NpyWriter.Save(_folder[name], values, shape);
    }

    private void Safetensors(string name, float[] values, string tensor)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        var writer = new SafetensorsWriter();
        writer.Add(tensor, values, Height, Width);
        writer.Save(_folder[name]);
    }
}
