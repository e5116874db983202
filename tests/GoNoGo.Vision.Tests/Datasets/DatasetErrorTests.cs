using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

/// <summary>Bad input: each case one sentence with path, expectation, finding and advice.</summary>
public class DatasetErrorTests
{
    private static readonly (string Name, DatasetError Error, string Says, Action<TemporaryFolder> Do)[] Cases =
    [
        ("missing folder", DatasetError.MissingFolder, "no such folder",
            folder => Dataset.Open(folder["nowhere"])),
        ("regular file", DatasetError.NotAFolder, "a regular file",
            folder => Dataset.Open(folder.File("picture.png", TestPictures.Png()))),
        ("empty folder", DatasetError.EmptyFolder, "an empty folder",
            folder => Dataset.Open(folder.Root)),
        ("pictures in the root", DatasetError.NoGoodPictures, "2 pictures directly in the root",
            folder =>
            {
                folder.File("a.png", TestPictures.Png());
                folder.File("b.png", TestPictures.Png());
                Dataset.Open(folder.Root);
            }),
        ("unknown folders", DatasetError.UnknownLayout, "found goods/, odds/",
            folder =>
            {
                folder.File("goods/a.png", TestPictures.Png());
                folder.File("odds/a.png", TestPictures.Png());
                Dataset.Open(folder.Root);
            }),
        ("one level too high", DatasetError.UnknownLayout, "BTech_Dataset_transformed' (BTAD)",
            folder =>
            {
                folder.File("BTech_Dataset_transformed/01/train/ok/0.png", TestPictures.Png());
                folder.File("BTech_Dataset_transformed/01/test/ok/0.png", TestPictures.Png());
                Dataset.Open(folder.Root);
            }),
        ("unknown layout id", DatasetError.UnknownLayout, "did you mean --layout mvtec-ad?",
            folder =>
            {
                folder.File("good/a.png", TestPictures.Png());
                Dataset.Open(folder.Root, "mvtec");
            }),
        ("another layout", DatasetError.UnknownLayout, "it looks like folder",
            folder =>
            {
                folder.File("good/a.png", TestPictures.Png());
                Dataset.Open(folder.Root, "btad");
            }),
        ("no good pictures", DatasetError.NoGoodPictures, "found none",
            folder =>
            {
                folder.Folder("good");
                folder.File("bad/a.png", TestPictures.Png());
                Dataset.Open(folder.Root).Load();
            }),
        ("good folder of texts", DatasetError.NoGoodPictures, "1 file of other kinds",
            folder =>
            {
                folder.File("good/a.txt", "text"u8);
                Dataset.Open(folder.Root).Load();
            }),
        ("no good pictures in MVTec", DatasetError.NoGoodPictures, "train/good",
            folder =>
            {
                folder.Folder("train/good");
                folder.File("test/good/a.png", TestPictures.Png());
                Dataset.Open(folder.Root).Load();
            }),
        ("category mistyped", DatasetError.UnknownCategory, "did you mean --category bottle?",
            _ => DummyDatasets.Open("mvtec-ad").Load("botle")),
        ("category unknown", DatasetError.UnknownCategory, "only bottle, screw",
            _ => DummyDatasets.Open("mvtec-ad").Load("zipper")),
        ("category needed", DatasetError.CategoryRequired, "found 2: bottle, screw",
            _ => DummyDatasets.Open("mvtec-ad").Load()),
        ("mask of another size", DatasetError.MaskSize, "a mask of 12 x 10 pixels",
            folder =>
            {
                folder.File("good/a.png", TestPictures.Png());
                folder.File("bad/b.png", TestPictures.Png());
                folder.File("masks/b.png", TestPictures.MaskPng(11, 10));
                Dataset.Open(folder.Root).Load().Test.Single(item => item.IsDefective).LoadMask();
            }),
        ("mnist file missing", DatasetError.MissingFile, "t10k-labels-idx1-ubyte",
            folder =>
            {
                DummyDatasets.Mnist(folder, ".");
                File.Delete(folder["t10k-labels-idx1-ubyte"]);
                Dataset.Open(folder.Root);
            }),
        ("mnist halves of two sets", DatasetError.DamagedFile, "20 labels, one for each picture, found 19",
            folder =>
            {
                DummyDatasets.Mnist(folder, ".");
                folder.File("t10k-labels-idx1-ubyte", IdxFiles.Make(new byte[19], 19));
                Dataset.Open(folder.Root).Load("3");
            }),
        ("mnist cut off", DatasetError.DamagedFile, "15696 bytes by its header, found 1000",
            folder =>
            {
                DummyDatasets.Mnist(folder, ".");
                folder.File("t10k-images-idx3-ubyte", File.ReadAllBytes(folder["t10k-images-idx3-ubyte"]).AsSpan(0, 1000));
                Dataset.Open(folder.Root).Load("3");
            }),
        ("mnist gzip cut off", DatasetError.DamagedFile, "train-images-idx3-ubyte.gz",
            folder =>
            {
                DummyDatasets.Mnist(folder, ".");
                byte[] whole = File.ReadAllBytes(folder["train-images-idx3-ubyte.gz"]);
                folder.File("train-images-idx3-ubyte.gz", whole.AsSpan(0, whole.Length / 2));
                Dataset.Open(folder.Root).Load("3");
            }),
        ("mnist not gzip", DatasetError.DamagedFile, "expected a gzip file",
            folder =>
            {
                DummyDatasets.Mnist(folder, ".");
                folder.File("train-labels-idx1-ubyte.gz", "this is text"u8);
                Dataset.Open(folder.Root);
            }),
        ("mnist wrong magic", DatasetError.DamagedFile, "magic number 2049, found 2051",
            folder =>
            {
                DummyDatasets.Mnist(folder, ".");
                folder.File("train-labels-idx1-ubyte", IdxFiles.Make(new byte[8], 2, 2, 2));
                Dataset.Open(folder.Root);
            }),
        ("mnist claims too much", DatasetError.DamagedFile, "more data announced than the file holds",
            folder =>
            {
                DummyDatasets.Mnist(folder, ".");
                folder.File("train-images-idx3-ubyte", IdxFiles.Make(new byte[8], int.MaxValue, int.MaxValue, int.MaxValue));
                Dataset.Open(folder.Root).Load("3");
            }),
        ("mnist has data behind its end", DatasetError.DamagedFile, "24 bytes by its header, found 25",
            folder =>
            {
                DummyDatasets.Mnist(folder, ".");
                folder.File("t10k-images-idx3-ubyte", IdxFiles.Make(new byte[9], 2, 2, 2));
                Dataset.Open(folder.Root).Load("3");
            }),
    ];

    public static TheoryData<string> Names => [.. Cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Says_what_is_wrong_in_one_sentence(string name)
    {
        (_, DatasetError error, string says, Action<TemporaryFolder> act) = Cases.Single(one => one.Name == name);
        using var folder = new TemporaryFolder();
        DatasetException exception = Assert.Throws<DatasetException>(() => act(folder));
        Assert.Equal(error, exception.Error);
        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
        Assert.Contains("expected ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.NotEmpty(exception.Path);
        Assert.NotEmpty(exception.Advice);
    }

    [Fact]
    public void One_good_picture_loads_and_holds_nothing_out()
    {
        using var folder = new TemporaryFolder();
        folder.File("good/a.png", TestPictures.Png());
        Category category = Dataset.Open(folder.Root).Load();
        Assert.Single(category.Train);
        Assert.Empty(category.Test);
        Assert.Contains(category.Notes, note => note.Contains("1 good picture cannot spare any", StringComparison.Ordinal));
    }

    [Fact]
    public void Damaged_picture_is_named_when_decoded_not_when_listed()
    {
        using var folder = new TemporaryFolder();
        folder.File("good/a.png", TestPictures.Png());
        byte[] whole = TestPictures.Png();
        folder.File("good/b.png", whole.AsSpan(0, whole.Length / 2));
        Category category = Dataset.Open(folder.Root).Load();
        ImageFormatException exception = Assert.Throws<ImageFormatException>(() => category.Train[1].LoadImage());
        Assert.Contains("b.png", exception.Message, StringComparison.Ordinal);
    }
}
