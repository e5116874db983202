using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Mnist;

/// <summary>The pictures and labels of one half (train or test) of an idx data set.</summary>
internal sealed class MnistPart
{
    private readonly byte[] _pixels;

    /// <summary>Reads both files of a half.</summary>
    /// <exception cref="DatasetException">A file is damaged, or the two do not belong together.</exception>
    public MnistPart(string imagesPath, string labelsPath)
    {
        ImagesPath = imagesPath;
        Labels = IdxFile.ReadLabels(labelsPath);
        _pixels = IdxFile.ReadImages(imagesPath, out int count, out int rows, out int columns);
        (Rows, Columns) = (rows, columns);
        if (count != Labels.Length)
        {
            throw new DatasetException(
                DatasetError.DamagedFile, labelsPath, $"{count} labels, one for each picture", $"{Labels.Length}", "get both files again");
        }
    }

    /// <summary>The file of the pictures.</summary>
    public string ImagesPath { get; }

    /// <summary>One label a picture.</summary>
    public byte[] Labels { get; }

    /// <summary>Height of every picture.</summary>
    public int Rows { get; }

    /// <summary>Width of every picture.</summary>
    public int Columns { get; }

    /// <summary>Copies one picture out.</summary>
    public Image Picture(int index)
    {
        int size = Rows * Columns;
        return new Image(Columns, Rows, 1, _pixels.AsSpan(index * size, size).ToArray());
    }
}
