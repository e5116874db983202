using System.Text;
using GoNoGo.Testing.SyntheticData;
using GoNoGo.Vision.Datasets;
using GoNoGo.Vision.Imaging;
using Xunit;

namespace GoNoGo.Vision.Tests.Datasets;

/// <summary>VisA: the table that divides it, its folders without the table, and tables that are not as they should be.</summary>
public sealed class VisaTests : IDisposable
{
    private const string Header = "object,split,label,image,mask\n";
    private const string Good = "candle,train,normal,candle/Data/Images/Normal/0.JPG,\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_table_divides_and_masks_of_class_numbers_are_defects()
    {
        Dataset dataset = DummyDatasets.Open("visa");
        Assert.Equal(["candle", "pcb1"], dataset.Categories);
        Category candle = dataset.Load("candle");
        Assert.Equal(4, candle.Train.Count);
        Assert.Equal("candle/Data/Images/Normal/0000.JPG", candle.Train[0].RelativePath);
        Assert.Equal(["anomaly", "anomaly", "good", "good"], candle.Test.Select(item => item.DefectKind));
        Assert.Equal("candle/Data/Masks/Anomaly/001.png", candle.Test[1].MaskPath);
        using Image mask = candle.Test[1].LoadMask()!;
        Assert.Equal<byte>([0, 255], mask.Samples8!.Distinct().Order().ToArray());
        Assert.Empty(candle.Notes);
    }

    [Fact]
    public void Without_the_table_a_fifth_is_held_out_and_said()
    {
        for (int index = 0; index < 10; index++)
        {
            _folder.File($"candle/Data/Images/Normal/{index}.JPG", TestPictures.Png(seed: index));
        }

        _folder.File("candle/Data/Images/Anomaly/0.JPG", TestPictures.Png(seed: 20));
        _folder.File("candle/Data/Masks/Anomaly/0.png", TestPictures.MaskPng());
        _folder.File("pcb1/Data/Images/Normal/0.JPG", TestPictures.Png());
        Dataset dataset = Dataset.Open(_folder.Root);
        Assert.Equal(("visa", 2), (dataset.LayoutId, dataset.Categories.Count));
        Category candle = dataset.Load("candle");
        Assert.Equal((8, 3), (candle.Train.Count, candle.Test.Count));
        Assert.Equal("candle/Data/Masks/Anomaly/0.png", candle.Test.Single(item => item.IsDefective).MaskPath);
        Assert.Contains(candle.Notes, note => note.Contains("no table split_csv/1cls.csv", StringComparison.Ordinal) && note.Contains("2 of 10", StringComparison.Ordinal));
        Assert.Equal("candle", Dataset.Open(_folder["candle"]).Load().Name);
    }

    [Theory]
    [InlineData("object,split,label,image,mask\r\ncandle,train,normal,candle/Data/Images/Normal/0.JPG,\r\n")]
    [InlineData("\uFEFFobject,split,label,image,mask\n\ncandle,train,normal,candle/Data/Images/Normal/0.JPG,")]
    [InlineData("mask,image,\"label\",split,object,remark\n,\"candle/Data/Images/Normal/0.JPG\",normal,train,candle,\"a \"\"quoted\"\", long\nremark\"\n")]
    public void Line_ends_marks_quotes_and_other_columns_are_read(string table)
    {
        Category category = Open(table).Load();
        Assert.Equal(["candle/Data/Images/Normal/0.JPG"], category.Train.Select(item => item.RelativePath));
    }

    [Theory]
    [InlineData("", "an empty file")]
    [InlineData(Header, "the header alone")]
    [InlineData("object,split,image,mask\n", "no 'label' in object, split, image, mask")]
    [InlineData(Header + Good + "candle,test\n", "5 fields in line 3 like in the header, found 2")]
    [InlineData(Header + "candle,train,\"normal,x,\n", "closing quotes for line 2")]
    [InlineData(Header + "candle,train,\"normal\"x,y,\n", "a comma behind the quotes in line 2")]
    [InlineData(Header + "candle,tr\"ain,normal,x,\n", "quotes around a whole field in line 2")]
    [InlineData(Header + ",train,normal,x.JPG,\n", "the name of an object in line 2")]
    public void A_damaged_table_is_refused_when_opened(string table, string says)
    {
        DatasetException exception = Assert.Throws<DatasetException>(() => Open(table));
        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
        Assert.Contains("1cls.csv", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Theory]
    [InlineData("candle,train,normal,/etc/0.JPG,\n", "found '/etc/0.JPG'")]
    [InlineData("candle,train,normal,candle/../../0.JPG,\n", "found 'candle/../../0.JPG'")]
    [InlineData("candle,train,normal,C:/0.JPG,\n", "found 'C:/0.JPG'")]
    [InlineData("candle,train,normal,candle\\0.JPG,\n", "found 'candle\\0.JPG'")]
    [InlineData("candle,test,anomaly,candle/Data/Images/Normal/1.JPG,../mask.png\n", "as the mask in line 3, found '../mask.png'")]
    [InlineData("candle,train,normal,,\n", "found ''")]
    [InlineData(Good, "every picture once in line 3")]
    [InlineData("candle,train,anomaly,candle/Data/Images/Normal/1.JPG,\n", "split train with label anomaly")]
    [InlineData("candle,train,fine,candle/Data/Images/Normal/1.JPG,\n", "found 'fine'")]
    [InlineData("candle,both,normal,candle/Data/Images/Normal/1.JPG,\n", "found 'both'")]
    [InlineData("candle,test,anomaly,candle/Data/Images/Anomaly/7.JPG,candle/Data/Masks/Anomaly/7.png\n", "found 2 missing, the first is candle/Data/Images/Anomaly/7.JPG")]
    public void A_bad_row_is_refused_with_its_line(string row, string says)
    {
        Dataset dataset = Open(Header + Good + row);
        DatasetException exception = Assert.Throws<DatasetException>(() => dataset.Load());
        Assert.Contains(says, exception.Message, StringComparison.Ordinal);
    }

    private Dataset Open(string table)
    {
        _folder.File("candle/Data/Images/Normal/0.JPG", TestPictures.Png());
        _folder.File("candle/Data/Images/Normal/1.JPG", TestPictures.Png(seed: 1));
        _folder.File("split_csv/1cls.csv", Encoding.UTF8.GetBytes(table));
        return Dataset.Open(_folder.Root);
    }
}
