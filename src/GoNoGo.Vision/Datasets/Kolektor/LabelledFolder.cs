using GoNoGo.Tensors.Parallel;
using GoNoGo.Vision.Datasets.Listing;
using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets.Kolektor;

/// <summary>A picture with its label picture.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="LabelPath">The label relative to the data root.</param>
/// <param name="IsDefective">Whether the label has a pixel that is not 0.</param>
internal readonly record struct LabelledPicture(ListedFile Picture, string LabelPath, bool IsDefective);

/// <summary>Pictures and labels that lie beside each other and share a stem.</summary>
internal static class LabelledFolder
{
    /// <summary>Lists the pictures and reads their labels.</summary>
    /// <param name="builder">Told of labels without a picture and of other files.</param>
    /// <param name="root">The data root.</param>
    /// <param name="folder">The folder to list, without those below it.</param>
    /// <param name="suffix">What a label's stem has behind its picture's.</param>
    /// <exception cref="DatasetException">A picture has no label, so that nobody knows whether it is good.</exception>
    /// <exception cref="ImageFormatException">A label is damaged.</exception>
    public static LabelledPicture[] Read(CategoryBuilder builder, string root, string folder, string suffix)
    {
        FileListing listing = PictureFiles.List(root, folder, recurse: false);
        builder.Ignore(listing.IgnoredCount);
        var labels = new Dictionary<string, ListedFile>(StringComparer.Ordinal);
        var pictures = new List<ListedFile>();
        foreach (ListedFile file in listing.Files)
        {
            string stem = Path.GetFileNameWithoutExtension(file.Name);
            if (!stem.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                pictures.Add(file);
            }
            else
            {
                labels.TryAdd(stem[..^suffix.Length], file);
            }
        }

        var found = new LabelledPicture[pictures.Count];
        for (int index = 0; index < found.Length; index++)
        {
            string stem = Path.GetFileNameWithoutExtension(pictures[index].Name);
            if (!labels.Remove(stem, out ListedFile label))
            {
                throw new DatasetException(
                    DatasetError.MissingFile, pictures[index].FullPath, $"a label '{stem}{suffix}' beside it", "none",
                    "restore the label or remove the picture: without it nobody knows whether the part is good");
            }

            found[index] = new LabelledPicture(pictures[index], label.RelativePath, false);
        }

        builder.AddStrays(labels.Values.Select(label => label.RelativePath));
        Workers.For(found.Length, new Reading(root, found));
        return found;
    }

    private readonly struct Reading(string root, LabelledPicture[] pictures) : IParallelBody
    {
        public void Invoke(int index)
        {
            using Image label = ImageDecoder.Load(Path.Combine(root, pictures[index].LabelPath));
            using Image marks = MaskFile.ToBinary(label);
            pictures[index] = pictures[index] with { IsDefective = marks.Samples8.AsSpan().ContainsAnyExcept((byte)0) };
        }
    }
}
