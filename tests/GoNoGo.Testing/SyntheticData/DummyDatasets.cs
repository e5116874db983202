using System.Globalization;
using GoNoGo.Vision.Datasets;

namespace GoNoGo.Testing.SyntheticData;

/// <summary>A small data set of every layout, made once a session when first asked for and deleted at its end.</summary>
public static class DummyDatasets
{
    private const int Width = 12;
    private const int Height = 10;

    private static readonly Lazy<TemporaryFolder> Home = new(() =>
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        return folder;
    });

    private static readonly Dictionary<string, Lazy<string>> Sets = new()
    {
        ["mvtec-ad"] = new(() => Made("mvtec-ad", MvtecAd)),
        ["btad"] = new(() => Made("btad", Btad)),
        ["mnist"] = new(() => Made("mnist", Mnist)),
        ["visa"] = new(() => Made("visa", Visa)),
        ["kolektor"] = new(() => Made("kolektor", Kolektor)),
        ["folder"] = new(() => Made("folder", Plain)),
    };

    /// <summary>The root of the data set with this layout. Not to be changed.</summary>
    public static string Root(string layoutId) => Sets.TryGetValue(layoutId, out Lazy<string>? root)
        ? root.Value
        : throw new InvalidOperationException($"The layout {layoutId} has no dummy data set: add one to {nameof(DummyDatasets)}.");

    /// <summary>The data set, opened.</summary>
    public static Dataset Open(string layoutId) => Dataset.Open(Root(layoutId));

    /// <summary>Two categories, RGB and gray; 6 to learn from; 2 good and 5 defective of two kinds; all masked but one.</summary>
    public static void MvtecAd(TemporaryFolder folder, string root)
    {
        foreach ((string category, int channels) in (ReadOnlySpan<(string, int)>)[("bottle", 3), ("screw", 1)])
        {
            for (int index = 0; index < 6; index++)
            {
                folder.File($"{root}/{category}/train/good/{Number(index)}.png", Png(channels, index));
            }

            for (int index = 0; index < 2; index++)
            {
                folder.File($"{root}/{category}/test/good/{Number(index)}.png", Png(channels, 100 + index));
            }

            foreach ((string kind, int count) in (ReadOnlySpan<(string, int)>)[("broken_large", 3), ("scratch", 2)])
            {
                for (int index = 0; index < count; index++)
                {
                    folder.File($"{root}/{category}/test/{kind}/{Number(index)}.png", Png(channels, 200 + index));
                    if (kind != "scratch" || index != 1)
                    {
                        folder.File($"{root}/{category}/ground_truth/{kind}/{Number(index)}_mask.png", TestPictures.MaskPng(Width, Height));
                    }
                }
            }

            folder.File($"{root}/{category}/train/good/Thumbs.db", "not a picture"u8);
        }

        folder.File($"{root}/license.txt", "none"u8);
    }

    /// <summary>Three products with the published mixture of extensions; one empty mask.</summary>
    public static void Btad(TemporaryFolder folder, string root)
    {
        foreach ((string product, string picture, string mask) in (ReadOnlySpan<(string, string, string)>)
            [("01", ".bmp", ".png"), ("02", ".png", ".png"), ("03", ".bmp", ".bmp")])
        {
            for (int index = 0; index < 5; index++)
            {
                folder.File($"{root}/{product}/train/ok/{Number(index)}{picture}", File(picture, index));
            }

            for (int index = 0; index < 3; index++)
            {
                folder.File($"{root}/{product}/test/ok/{Number(index)}{picture}", File(picture, 10 + index));
                folder.File($"{root}/{product}/test/ko/{Number(index)}{picture}", File(picture, 20 + index));
                Vision.Imaging.Image truth = TestPictures.Mask(Width, Height, empty: product == "02" && index == 2);
                folder.File(
                    $"{root}/{product}/ground_truth/ko/{Number(index)}{mask}",
                    mask == ".bmp" ? TestPictures.Bmp(truth) : Vision.Imaging.Png.PngEncoder.Encode(truth));
            }
        }
    }

    /// <summary>Ten digits, 4 pictures each to learn from and 2 each to judge; the training half compressed.</summary>
    public static void Mnist(TemporaryFolder folder, string root)
    {
        (byte[] images, byte[] labels) = Digits(40, 1);
        folder.File($"{root}/train-images-idx3-ubyte.gz", IdxFiles.Gzip(images));
        folder.File($"{root}/train-labels-idx1-ubyte.gz", IdxFiles.Gzip(labels));
        (images, labels) = Digits(20, 2);
        folder.File($"{root}/t10k-images-idx3-ubyte", images);
        folder.File($"{root}/t10k-labels-idx1-ubyte", labels);
    }

    /// <summary>Two objects with the published table; 4 to learn from, 2 good and 2 defective to judge; masks of small class numbers.</summary>
    public static void Visa(TemporaryFolder folder, string root)
    {
        var table = new System.Text.StringBuilder("object,split,label,image,mask\r\n");
        foreach (string name in (string[])["candle", "pcb1"])
        {
            for (int index = 0; index < 6; index++)
            {
                string image = $"{name}/Data/Images/Normal/{index:D4}.JPG";
                folder.File($"{root}/{image}", Png(3, index));
                table.Append(CultureInfo.InvariantCulture, $"{name},{(index < 4 ? "train" : "test")},normal,{image},\r\n");
            }

            for (int index = 0; index < 2; index++)
            {
                string image = $"{name}/Data/Images/Anomaly/{Number(index)}.JPG";
                string mask = $"{name}/Data/Masks/Anomaly/{Number(index)}.png";
                folder.File($"{root}/{image}", Png(3, 20 + index));
                Vision.Imaging.Image classes = TestPictures.Mask(Width, Height);
                folder.File($"{root}/{mask}", Vision.Imaging.Png.PngEncoder.Encode(
                    new Vision.Imaging.Image(Width, Height, 1, [.. classes.Samples8!.Select(value => (byte)(value == 0 ? 0 : 1 + index))])));
                table.Append(CultureInfo.InvariantCulture, $"{name},test,anomaly,{image},{mask}\r\n");
            }
        }

        folder.File($"{root}/split_csv/1cls.csv", System.Text.Encoding.UTF8.GetBytes(table.ToString()));
    }

    /// <summary>Two commutators of six parts, each with a label; the last part of each is defective.</summary>
    public static void Kolektor(TemporaryFolder folder, string root)
    {
        for (int commutator = 1; commutator <= 2; commutator++)
        {
            for (int part = 0; part < 6; part++)
            {
                string stem = $"{root}/kos{commutator:D2}/Part{part}";
                folder.File(stem + ".jpg", Png(1, (10 * commutator) + part));
                folder.File(stem + "_label.bmp", TestPictures.Bmp(TestPictures.Mask(Width, Height, empty: part < 5)));
            }
        }
    }

    /// <summary>10 good pictures; one defective without kind, two of a kind; masks for two, one with <c>_mask</c>.</summary>
    public static void Plain(TemporaryFolder folder, string root)
    {
        for (int index = 0; index < 10; index++)
        {
            folder.File($"{root}/good/part {index}.png", Png(3, index));
        }

        folder.File($"{root}/bad/a.png", Png(3, 20));
        folder.File($"{root}/bad/scratch/b.png", Png(3, 21));
        folder.File($"{root}/bad/scratch/c.png", Png(3, 22));
        folder.File($"{root}/masks/a.png", TestPictures.MaskPng(Width, Height));
        folder.File($"{root}/masks/scratch/b_mask.png", TestPictures.MaskPng(Width, Height));
        folder.File($"{root}/good/notes.txt", "two"u8);
        folder.File($"{root}/good/.hidden.png", "hidden files do not count"u8);
    }

    private static string Made(string name, Action<TemporaryFolder, string> make)
    {
        make(Home.Value, name);
        return Home.Value[name];
    }

    private static (byte[] Images, byte[] Labels) Digits(int count, int seed)
    {
        var labels = new byte[count];
        var pixels = new byte[count * 28 * 28];
        for (int index = 0; index < count; index++)
        {
            labels[index] = (byte)((index * 3) % 10);
            pixels.AsSpan(index * 784, 784).Fill((byte)((labels[index] * 20) + seed));
        }

        return (IdxFiles.Make(pixels, count, 28, 28), IdxFiles.Make(labels, count));
    }

    private static string Number(int index) => index.ToString("D3", CultureInfo.InvariantCulture);

    private static byte[] Png(int channels, int seed) => TestPictures.Png(Width, Height, channels, seed);

    private static byte[] File(string extension, int seed) =>
        extension == ".bmp" ? TestPictures.Bmp(TestPictures.Make(Width, Height, 3, seed)) : Png(3, seed);
}
